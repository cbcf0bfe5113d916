/** Posts to the server as the page itself would, and says plainly how it went. */

export type Answer =
  | { outcome: "done"; response: Response }
  | { outcome: "expired" }
  | { outcome: "refused"; status: number }
  | { outcome: "offline" };

/** The token that Django asks of every write. */
export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
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
  if (!response.ok) return { outcome: "refused", status: response.status };
  return { outcome: "done", response };
}
