/** The second build: the form engine's frame, one script that the frame's page bears in itself. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { formEngine, withinPage } from "./build/form-engine.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  base: "./",
  publicDir: false,
  plugins: [formEngine(), withinPage()],
  // Outside a module there is no address of one.
  define: { "import.meta.url": "document.baseURI", "import.meta.resolve": "undefined" },
  build: {
    outDir: here("../src/rangkul/look/static/rangkul"),
    emptyOutDir: false,
    target: "es2022",
    assetsInlineLimit: Number.MAX_SAFE_INTEGER,
    modulePreload: false,
    chunkSizeWarningLimit: 3_000,
    rollupOptions: {
      // The engine's parser carries an eval for grammars with calls of the host's, which XPath's has not.
      checks: { eval: false },
      input: { "form-frame": here("src/form-frame/frame.ts") },
      output: { format: "es", codeSplitting: false, entryFileNames: "[name].js" },
    },
  },
});
