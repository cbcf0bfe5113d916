/**
 * What the page of a case file and the frame of a form say to each other, and how each is checked.
 *
 * The frame has no origin, so a sender is known by its window, and by the nonce which the page
 * hands to this one frame in the address's fragment. Whatever else arrives is not taken.
 */

export const VERSION = 1;

const LONGEST_XML = 4_000_000;
const LONGEST_WORDS = 4_000;
const MOST = 2_000;

/** Colours and type of the page, by the names of its style's values. */
export const THEME = [
  "--ink", "--ink-soft", "--label", "--page", "--surface", "--surface-soft", "--line", "--edge",
  "--edge-soft", "--action", "--action-hover", "--on-action", "--chosen", "--chosen-soft",
  "--on-chosen", "--high", "--high-soft", "--soon", "--soon-soft", "--font", "--control",
] as const;
export type Theme = Partial<Record<(typeof THEME)[number], string>>;

/** What the server found at one question: its path in the instance, and a sentence. */
export interface Problem {
  path: string;
  text: string;
}

export type Language = "id" | "en";

/** From the page. */
export type Order =
  | { kind: "open"; form: string; instance: string; language: Language; theme: Theme; dark: boolean; now: number; problems: Problem[] }
  | { kind: "theme"; theme: Theme; dark: boolean }
  | { kind: "speak"; language: Language }
  | { kind: "send" };

/** From the frame. */
export type Report =
  | { kind: "here" }
  | { kind: "ready"; languages: Language[] }
  | { kind: "size"; height: number }
  | { kind: "changed"; instance: string; answered: number; of: number }
  | { kind: "reach"; top: number; height: number }
  | { kind: "refused"; count: number; first: string }
  | { kind: "filled"; instance: string }
  | { kind: "broken"; told: string };

type Checks<Said extends { kind: string }> = {
  [Kind in Said["kind"]]: (said: Record<string, unknown>) => boolean;
};

const isText = (value: unknown, longest: number): value is string =>
  typeof value === "string" && value.length <= longest;
const isNumber = (value: unknown, most: number): boolean =>
  typeof value === "number" && Number.isFinite(value) && value >= 0 && value <= most;
const isLanguage = (value: unknown): boolean => value === "id" || value === "en";
const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isList = (value: unknown, each: (one: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length <= MOST && value.every(each);

/** A value of a style that names no address and ends no rule. */
const isStyle = (value: unknown): boolean =>
  isText(value, 300) && /^[\w\s#%.,()"'/+-]*$/.test(value) && !/url\s*\(/i.test(value);
const isTheme = (value: unknown): boolean =>
  isPlain(value)
  && Object.entries(value).every(([name, each]) => (THEME as readonly string[]).includes(name) && isStyle(each));
const isProblem = (value: unknown): boolean =>
  isPlain(value) && isText(value["path"], LONGEST_WORDS) && isText(value["text"], LONGEST_WORDS);

const ORDERS: Checks<Order> = {
  open: (said) =>
    isText(said["form"], LONGEST_XML) && isText(said["instance"], LONGEST_XML)
    && isLanguage(said["language"]) && isTheme(said["theme"]) && typeof said["dark"] === "boolean"
    && isNumber(said["now"], Number.MAX_SAFE_INTEGER) && isList(said["problems"], isProblem),
  theme: (said) => isTheme(said["theme"]) && typeof said["dark"] === "boolean",
  speak: (said) => isLanguage(said["language"]),
  send: () => true,
};

const REPORTS: Checks<Report> = {
  here: () => true,
  ready: (said) => isList(said["languages"], isLanguage),
  size: (said) => isNumber(said["height"], 500_000),
  changed: (said) =>
    isText(said["instance"], LONGEST_XML) && isNumber(said["answered"], 100_000) && isNumber(said["of"], 100_000),
  reach: (said) => isNumber(said["top"], 500_000) && isNumber(said["height"], 500_000),
  refused: (said) => isNumber(said["count"], 100_000) && isText(said["first"], LONGEST_WORDS),
  filled: (said) => isText(said["instance"], LONGEST_XML),
  broken: (said) => isText(said["told"], LONGEST_WORDS),
};

function read<Said extends { kind: string }>(data: unknown, nonce: string, checks: Checks<Said>): Said | null {
  if (!isPlain(data) || data["rangkul"] !== VERSION || data["nonce"] !== nonce || nonce === "") return null;
  const { kind } = data;
  if (typeof kind !== "string" || !Object.hasOwn(checks, kind)) return null;
  return checks[kind as Said["kind"]](data) ? (data as unknown as Said) : null;
}

/** An order of the page's, or null for what is none. */
export function readOrder(data: unknown, nonce: string): Order | null {
  return read(data, nonce, ORDERS);
}

/** A report of the frame's, or null for what is none. */
export function readReport(data: unknown, nonce: string): Report | null {
  return read(data, nonce, REPORTS);
}

/** What is said, as it goes from window to window. */
export function sealed(said: Order | Report, nonce: string): Record<string, unknown> {
  return { ...said, rangkul: VERSION, nonce };
}
