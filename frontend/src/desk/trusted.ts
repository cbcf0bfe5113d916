/** Trusted Types: what may become markup or a script here; the browser refuses everything else. */

interface Rules {
  createHTML(markup: string, type?: string, sink?: string): string | null;
  createScriptURL(address: string): string | null;
}

interface Factory {
  createPolicy(name: string, rules: Rules): unknown;
}

// The two ways in which htmx reads what the house has drawn: neither runs a script of it, and
// nothing else here makes markup of text.
const READING = ["Document parseHTMLUnsafe", "DOMParser parseFromString"];

/**
 * The one policy, named in the page's Content-Security-Policy. Text becomes markup only where htmx
 * reads an answer, a script's address only for the service worker of calls; `eval` never runs.
 */
export function startTrusted(worker: string | undefined): void {
  const factory = (window as { trustedTypes?: Factory }).trustedTypes;
  if (factory === undefined) return;
  factory.createPolicy("default", {
    createHTML: (markup, _type, sink) => (READING.includes(sink ?? "") ? markup : null),
    createScriptURL: (address) => (worker !== undefined && address === worker ? address : null),
  });
}
