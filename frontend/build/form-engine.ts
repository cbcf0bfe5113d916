/** Fits the form engine to its frame: no fonts, no maps, its few words in both languages, one plain script. */
import type { Plugin } from "vite";

const ENGINE = "@getodk/web-forms/dist/";
const NO_MAPS = "\0no-maps";

/** What the engine says in English only → how `src/form-frame/words.ts` calls it. */
const WORDS: Record<string, string> = {
  'constraintMsg: "Condition not satisfied: constraint"': "get constraintMsg() { return SAID.constraint; }",
  'requiredMsg: "Condition not satisfied: required"': "get requiredMsg() { return SAID.required; }",
  'literal: "Repeat Item"': "literal: SAID.repeat",
  'label: "Remove"': "label: SAID.remove",
  'createTextVNode(" Add ", -1)': 'createTextVNode(SAID.add + " ", -1)',
  '"Rank items"': "SAID.rank",
  '" Okay "': "SAID.agree",
  '"Get location"': "SAID.location",
  '" Unable to load map "': "SAID.noMap",
  // Files of a case are sealed and scanned where its documents are kept, not beside answers.
  'eA.question.nodeOptions.media.type === "image" ?': "false ?",
  '"🚧 Support for non-image uploads is pending. 🚧"': "SAID.noFiles",
};

/**
 * What is kept of a filling not sent yet is that filling, not a later edit of it: its id stays.
 * The component knows only the second, the engine below it both.
 */
const RESTORED: Record<string, string> = {
  "const rA = resolvableFormInstanceInput(tA.editInstance), oA = await AA.editInstance(rA, nA);":
    "const rA = await tA.editInstance.resolveInstance(), oA = await AA.restoreInstance(rA, nA);",
};

function replaced(code: string, changes: Record<string, string>): string {
  let text = code;
  for (const [before, after] of Object.entries(changes)) {
    if (text.split(before).length !== 2) throw new Error(`the form engine no longer holds once: ${before}`);
    text = text.replace(before, () => after.replaceAll("SAID", "globalThis.rangkulSaid"));
  }
  return text;
}

/** Drop what the frame must not or need not have; another version of the engine stops the build. */
export function formEngine(): Plugin {
  return {
    name: "rangkul-form-engine",
    enforce: "pre",
    // Maps are drawn from a foreign host's pictures: a question for a place offers coordinates.
    resolveId: (id) => (/\/MapBlock-[\w-]+\.js$/.test(id) ? NO_MAPS : null),
    load: (id) => (id === NO_MAPS ? 'throw new Error("no maps here");' : null),
    transform(code, id) {
      if (!id.includes(ENGINE)) return null;
      // The page's own type is used; the engine's is a megabyte of it.
      if (id.endsWith("/index.js")) return code.replace(/@font-face\{[^}]*\}/g, "");
      return replaced(code, { ...WORDS, ...RESTORED });
    },
  };
}

/**
 * Makes the one chunk a script that can stand inside a page: a module's own scope and its waiting,
 * without being a module, which a page without an origin could not fetch.
 */
export function withinPage(): Plugin {
  return {
    name: "rangkul-within-page",
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type !== "chunk") throw new Error(`the frame would need a file beside it: ${file.fileName}`);
        if (/<\/script/i.test(file.code) || file.imports.length > 0 || /\bimport\.meta\b/.test(file.code)) {
          throw new Error("the frame's script cannot stand inside a page");
        }
        // Only words hold a comment's opening; a page would read on differently behind it.
        file.code = `(async()=>{${file.code.replaceAll("<!--", "\\x3C!--")}})();`;
      }
    },
  };
}
