/** The build: its entries, one manifest, one icon sprite, straight into the look app's static folder. */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { iconSprite } from "./build/icon-sprite.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  // Relative, so that the same files work under any STATIC_URL.
  base: "./",
  publicDir: false,
  plugins: [
    iconSprite({
      list: here("icons.txt"),
      outline: here("node_modules/@tabler/icons/icons/outline"),
      marks: here("src/marks"),
      file: "icons.svg",
      tab: { mark: "rangkul.svg", file: "mark.svg" },
    }),
    // Whoever needs help on a slow line fetches a few icons, and a mark that says nothing.
    iconSprite({
      list: here("portal-icons.txt"),
      outline: here("node_modules/@tabler/icons/icons/outline"),
      marks: here("src/marks-public"),
      file: "portal-icons.svg",
      tab: { mark: "information.svg", file: "portal-mark.svg" },
    }),
  ],
  build: {
    outDir: here("../src/rangkul/look/static/rangkul"),
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2020",
    cssTarget: ["chrome100", "firefox100", "safari15.4"],
    // The content security policy admits no data: address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      // htmx carries an eval for features that src/desk/fragments.ts switches off.
      checks: { eval: false },
      input: {
        desk: here("src/desk.ts"),
        public: here("src/public.ts"),
        portal: here("src/portal.ts"),
        "call-worker": here("src/call-worker.ts"),
        "form-page": here("src/form-page.ts"),
        field: here("src/field.ts"),
        "field-worker": here("src/field-worker.ts"),
      },
      output: {
        // A service worker is known by its address, so its name carries no hash.
        entryFileNames: ({ name }) => (name.endsWith("-worker") ? "[name].js" : "assets/[name]-[hash].js"),
      },
    },
  },
});
