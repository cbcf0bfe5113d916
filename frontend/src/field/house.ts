/** The three doors of the house at which the page knocks, and how each answered. */

/** A sentence in Indonesian and in English. */
export type Said = [id: string, en: string];

export interface Choice extends Array<string> {
  0: string;
  1: string;
  2: string;
}

export interface Field {
  name: string;
  kind: "one" | "many" | "yes" | "line" | "long" | "number" | "date" | "moment" | "area";
  label: Said;
  hint: Said;
  choices: Choice[];
  most: number;
  required: boolean;
  about: Said;
}

export interface Part {
  title: Said;
  fields: Field[];
}

export interface GivenForm {
  id: string;
  code: string;
  version: string;
  title: Said;
  xform: string;
}

/** What was taken along. `ahead` is how much the house's hour is before this phone's, in ms. */
export interface Given {
  person: string;
  language: "id" | "en";
  key: { number: number; point: string };
  report: Part[];
  areas: [code: string, name: string][];
  forms: GivenForm[];
  cases: string[];
  ahead: number;
}

export interface Present {
  person: string;
  token: string;
}

export interface Outcome {
  state: "taken" | "waits" | "refused";
  said: Said;
  address: string;
}

export type Answer<T> = { outcome: "done"; told: T } | { outcome: "sign-in" | "no-line" };

/** What goes out without a hand is no sign of life: an unattended session must end. */
const BY_ITSELF = { "X-Rangkul-By-Itself": "1" };

function door(name: "who" | "prepare" | "send"): string {
  return document.body.dataset[name] ?? "";
}

async function knock<T>(address: string, how: RequestInit): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(address, {
      ...how, credentials: "same-origin", redirect: "manual", cache: "no-store",
      signal: AbortSignal.timeout(60_000),
    });
    if (response.type === "opaqueredirect" || [401, 403].includes(response.status)) return { outcome: "sign-in" };
    if (!response.ok) return { outcome: "no-line" };
    return { outcome: "done", told: (await response.json()) as T };
  } catch {
    return { outcome: "no-line" };
  }
}

/** Who is signed in here, if the house can be reached. */
export function present(): Promise<Answer<Present>> {
  return knock(door("who"), { headers: BY_ITSELF });
}

/** All that is taken along. */
export async function prepare(): Promise<Answer<Given>> {
  const answer = await knock<Given & { now: number }>(door("prepare"), {});
  if (answer.outcome !== "done") return answer;
  const { now, ...given } = answer.told;
  return { outcome: "done", told: { ...given, ahead: now - Date.now() } };
}

/** Hand one sealed item over; what became of it. */
export function send(data: BufferSource, token: string): Promise<Answer<Outcome>> {
  const headers = {
    ...BY_ITSELF, "Content-Type": "application/octet-stream", "X-CSRFToken": token, "X-Requested-With": "fetch",
  };
  return knock(door("send"), { method: "POST", body: data, headers });
}
