/** Builds icons.svg: one symbol per name in icons.txt, drawn from Tabler's outline icons and our own marks. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Plugin } from "vite";

interface SpriteOptions {
  /** The list: one icon name a line, `#` opens a comment. */
  list: string;
  /** Folder of Tabler's outline icons. */
  outline: string;
  /** Folder of drawings of our own; the file's name is the symbol's name. */
  marks: string;
  /** The sprite's name. */
  file: string;
  /** The browser tab's icon: which drawing, under which name. */
  tab: { mark: string; file: string };
}

/** The browser tab cannot inherit a colour. */
const TEAL = "#0b6b66";

const BOUNDING_BOX = /<path stroke="none" d="M0 0h24v24H0z" fill="none"\s*\/>/;

function symbol(name: string, drawing: string): string {
  const viewBox = /viewBox="([^"]+)"/.exec(drawing)?.[1];
  const body = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(drawing)?.[1];
  if (viewBox === undefined || body === undefined) {
    throw new Error(`icon "${name}" is not a drawing with a viewBox`);
  }
  const shapes = body.replace(BOUNDING_BOX, "").replace(/\s*\n\s*/g, "").trim();
  return `<symbol id="${name}" viewBox="${viewBox}">${shapes}</symbol>`;
}

function namesIn(list: string): string[] {
  const names = readFileSync(list, "utf8")
    .split("\n")
    .map((line) => line.replace(/#.*/, "").trim())
    .filter((line) => line !== "");
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) {
    throw new Error(`icon "${repeated}" is listed twice`);
  }
  return names;
}

function sprite({ list, outline, marks }: Pick<SpriteOptions, "list" | "outline" | "marks">): string {
  const icons = namesIn(list).map((name) => {
    const file = join(outline, `${name}.svg`);
    if (!existsSync(file)) {
      throw new Error(`icons.txt names "${name}", which Tabler's outline icons do not have`);
    }
    return symbol(name, readFileSync(file, "utf8"));
  });
  const own = readdirSync(marks)
    .sort()
    .map((file) => symbol(basename(file, ".svg"), readFileSync(join(marks, file), "utf8")));
  return `<svg xmlns="http://www.w3.org/2000/svg">${[...icons, ...own].join("")}</svg>\n`;
}

/** The Vite plugin; an unknown or repeated icon name stops the build. */
export function iconSprite(options: SpriteOptions): Plugin {
  return {
    name: `rangkul-icon-sprite:${options.file}`,
    buildStart() {
      this.addWatchFile(options.list);
    },
    generateBundle() {
      this.emitFile({ type: "asset", fileName: options.file, source: sprite(options) });
      const mark = readFileSync(join(options.marks, options.tab.mark), "utf8");
      this.emitFile({ type: "asset", fileName: options.tab.file, source: mark.replaceAll("currentColor", TEAL) });
    },
  };
}
