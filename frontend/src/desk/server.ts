/** Posts to the server as the page itself would, and says plainly how it went. */

export type Answer =
  | { outcome: "done"; response: Response }
  | { outcome: "expired" }
  | { outcome: "refused"; status: number; sentence: string }
  | { outcome: "offline" };

/** The token that Django asks of every write. */
export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}

/** The sentence that a refusal brings for the person, "" when it brings none. */
async function sentenceOf(response: Response): Promise<string> {
  if (response.headers.get("Content-Type")?.startsWith("application/json") !== true) return "";
  const told = await response.json().catch(() => null) as { error?: unknown } | null;
  return typeof told?.error === "string" ? told.error : "";
}

/** Send `body` to `url`; a redirect to the sign-in page counts as an expired session. */
export async function post(url: string, body?: FormData, keepalive = false): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: "POST",
      body: body ?? null,
      headers: { "X-CSRFToken": csrfToken(), "X-Requested-With": "fetch" },
      credentials: "same-origin",
      redirect: "manual",
      keepalive,
    });
  } catch {
    return { outcome: "offline" };
  }
  if (response.type === "opaqueredirect" || response.status === 401) return { outcome: "expired" };
  if (!response.ok) return { outcome: "refused", status: response.status, sentence: await sentenceOf(response) };
  return { outcome: "done", response };
}
