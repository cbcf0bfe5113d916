/**
 * Passkeys: a button asks the browser for one and sends its answer with the form around it.
 *
 * `form[data-passkey]` says what for: `make` a new one, `get` one of hers, `enter` without a name. The
 * options stand in `data-passkey-options`, or are fetched from the form's address just before (`enter`).
 */

type Json = Record<string, unknown>;

const bytes = (text: string): ArrayBuffer => {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0)).buffer;
};

const text = (data: ArrayBuffer): string => {
  const plain = Array.from(new Uint8Array(data), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
};

interface Descriptor {
  id: string;
  type: "public-key";
  transports?: AuthenticatorTransport[];
}

const known = (all: Descriptor[] | undefined): PublicKeyCredentialDescriptor[] =>
  (all ?? []).map((each) => ({ ...each, id: bytes(each.id) }));

/** What the house asks, as the browser wants to read it: everything binary stands in base64url. */
function makingOptions(asked: Json, alone: boolean): PublicKeyCredentialCreationOptions {
  const options = asked as unknown as PublicKeyCredentialCreationOptions & {
    challenge: string; user: { id: string }; excludeCredentials?: Descriptor[];
  };
  return {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: known(options.excludeCredentials),
    authenticatorSelection: {
      ...options.authenticatorSelection,
      residentKey: alone ? "required" : "discouraged",
      requireResidentKey: alone,
      userVerification: alone ? "required" : "preferred",
    },
  };
}

function gettingOptions(asked: Json): PublicKeyCredentialRequestOptions {
  const options = asked as unknown as PublicKeyCredentialRequestOptions & {
    challenge: string; allowCredentials?: Descriptor[];
  };
  return { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) };
}

/** The browser's answer as the house reads it. */
function told(found: PublicKeyCredential): string {
  const { response } = found;
  const parts: Record<string, string | null> = { clientDataJSON: text(response.clientDataJSON) };
  if (response instanceof AuthenticatorAttestationResponse) {
    parts["attestationObject"] = text(response.attestationObject);
  } else if (response instanceof AuthenticatorAssertionResponse) {
    parts["authenticatorData"] = text(response.authenticatorData);
    parts["signature"] = text(response.signature);
    parts["userHandle"] = response.userHandle === null ? null : text(response.userHandle);
  }
  return JSON.stringify({
    id: found.id,
    rawId: text(found.rawId),
    type: found.type,
    response: parts,
    clientExtensionResults: found.getClientExtensionResults(),
  });
}

async function optionsOf(form: HTMLFormElement): Promise<Json> {
  const given = form.dataset["passkeyOptions"];
  if (given !== undefined) return (JSON.parse(given) as { publicKey: Json }).publicKey;
  const answer = await fetch(form.action, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  const found = (await answer.json()) as { request_options: { publicKey: Json } };
  return found.request_options.publicKey;
}

async function ask(form: HTMLFormElement): Promise<PublicKeyCredential> {
  const options = await optionsOf(form);
  const alone = form.querySelector<HTMLInputElement>("input[name=passwordless]")?.checked ?? false;
  const found = form.dataset["passkey"] === "make"
    ? await navigator.credentials.create({ publicKey: makingOptions(options, alone) })
    : await navigator.credentials.get({ publicKey: gettingOptions(options) });
  if (!(found instanceof PublicKeyCredential)) throw new Error("none");
  return found;
}

function wake(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLButtonElement>("[data-passkey-start]");
  const field = form.elements.namedItem(form.dataset["passkeyField"] ?? "credential");
  const fault = form.querySelector<HTMLElement>("[data-passkey-error]");
  if (button === null || !(field instanceof HTMLInputElement)) return;
  button.hidden = false;
  if (button.autofocus) button.focus();
  button.addEventListener("click", () => {
    if (fault !== null) fault.hidden = true;
    button.setAttribute("aria-busy", "true");
    ask(form).then(
      (found) => {
        field.value = told(found);
        // The key is the answer: a code that was not typed is not missed.
        form.noValidate = true;
        form.requestSubmit();
      },
      () => {
        button.removeAttribute("aria-busy");
        if (fault !== null) fault.hidden = false;
      },
    );
  });
}

/** Wake every form that takes a passkey; without the browser's help its button stays hidden. */
export function startPasskeys(): void {
  if (!("PublicKeyCredential" in window) || !window.isSecureContext) {
    for (const note of document.querySelectorAll<HTMLElement>("[data-passkey-missing]")) note.hidden = false;
    return;
  }
  document.querySelectorAll<HTMLFormElement>("form[data-passkey]").forEach(wake);
}
