/** Walks an opened form: its questions, what is answered, what still stands against sending it. */
import type { EngineNode, EngineRoot } from "@getodk/web-forms";
import type { Language } from "./protocol";

const ASKING = ["input", "select", "rank", "range", "trigger"];

type Answered = { instanceValue?: unknown };

/** Every question that is asked now, in the order in which it is shown. */
export function* questions(node: EngineNode): Generator<EngineNode> {
  if (!node.currentState.relevant) return;
  if (ASKING.includes(node.nodeType) && !node.currentState.readonly) yield node;
  for (const child of node.currentState.children ?? []) yield* questions(child);
}

/** What a question holds, as it stands in the instance; reading it is followed by Vue. */
export function valueOf(node: EngineNode): string {
  const { instanceValue } = node.currentState as Answered;
  return typeof instanceValue === "string" ? instanceValue : "";
}

/** How many questions are asked now, and how many of them are answered. */
export function tally(root: EngineNode): { answered: number; of: number } {
  const values = [...questions(root)].map(valueOf);
  return { answered: values.filter((value) => value !== "").length, of: values.length };
}

/** Everything answered so far in one line: it changes whenever an answer or a repeated part does. */
export function state(root: EngineNode): string {
  return [...questions(root)].map((node) => `${node.nodeId}=${valueOf(node)}`).join("\u0001");
}

/**
 * The question at a path of the instance, with or without its root; where counts of repeated parts
 * are left out, the first of them.
 */
export function at(root: EngineNode, path: string): EngineNode | null {
  const within = (reference: string): string => reference.replace(/^\/[^/]+\//, "");
  const bare = (reference: string): string => reference.replace(/\[\d+\]/g, "");
  const wanted = within(path);
  let near: EngineNode | null = null;
  for (const node of questions(root)) {
    const reference = within(node.currentState.reference);
    if (reference === wanted) return node;
    if (near === null && bare(reference) === bare(wanted)) near = node;
  }
  return near;
}

/** Which of the page's languages a form speaks, by the code in the language's name. */
export function languagesOf(root: EngineRoot): Map<Language, EngineRoot["languages"][number]> {
  const found = new Map<Language, EngineRoot["languages"][number]>();
  for (const spoken of root.languages) {
    const code = /\((id|en)\)\s*$/.exec(spoken.language)?.[1] as Language | undefined;
    if (code !== undefined) found.set(code, spoken);
  }
  return found;
}
