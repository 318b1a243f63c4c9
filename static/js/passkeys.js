// Asks the browser for a passkey, or for a new one, and sends what it says along with the form.

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));

const words = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function create(options) {
  const key = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  key.user = { ...key.user, id: bytes(key.user.id) };
  key.excludeCredentials = known(key.excludeCredentials);
  const free = document.querySelector("[name=passwordless]");
  if (free) {
    const wanted = free.checked ? "required" : "discouraged";
    key.authenticatorSelection = {
      ...key.authenticatorSelection,
      residentKey: wanted,
      requireResidentKey: free.checked,
    };
    if (free.checked) key.authenticatorSelection.userVerification = "required";
  }
  const made = await navigator.credentials.create({ publicKey: key });
  return {
    ...named(made),
    response: {
      clientDataJSON: words(made.response.clientDataJSON),
      attestationObject: words(made.response.attestationObject),
      transports: made.response.getTransports?.() ?? [],
    },
  };
}

async function get(options) {
  const key = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
  key.allowCredentials = known(key.allowCredentials);
  const found = await navigator.credentials.get({ publicKey: key });
  const { clientDataJSON, authenticatorData, signature, userHandle } = found.response;
  return {
    ...named(found),
    response: {
      clientDataJSON: words(clientDataJSON),
      authenticatorData: words(authenticatorData),
      signature: words(signature),
      userHandle: userHandle ? words(userHandle) : null,
    },
  };
}

const named = (one) => ({
  type: one.type,
  id: one.id,
  rawId: words(one.rawId),
  clientExtensionResults: one.getClientExtensionResults(),
});

// The challenge stands on the page, or is fetched where nobody is signed in yet.
async function challenge(form) {
  const here = document.getElementById("passkey-data");
  if (here) return JSON.parse(here.textContent);
  const headers = { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" };
  const answer = await fetch(form.action, { headers });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const problem = form.querySelector("[data-problem]");
  form.querySelector("button[type=button]").addEventListener("click", async () => {
    problem.hidden = true;
    try {
      const data = await challenge(form);
      const made =
        form.dataset.passkey === "create"
          ? await create(data.creation_options)
          : await get(data.request_options);
      form.elements.credential.value = JSON.stringify(made);
      form.submit();
    } catch {
      problem.hidden = false;
    }
  });
}
