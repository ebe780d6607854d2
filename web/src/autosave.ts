// A form that saves while one types. Its button saves too, and always wins: what is typed stays on the page whatever happens.

/** How long a pause in typing is. */
const PAUSE_MS = 1500;

interface Saved {
  revision: number;
  message: string;
}

function isSaved(value: unknown): value is Saved {
  return typeof value === "object" && value !== null && "revision" in value && "message" in value;
}

/** Says how the save went; where the session has ended, with a link to the sign-in in a window of its own. */
function tell(form: HTMLFormElement, text: string, isSignedOut = false): void {
  const status = form.querySelector<HTMLElement>("[data-autosave-status]");
  if (!status) return;
  status.textContent = text;
  const address = form.dataset["signIn"];
  if (isSignedOut && address) {
    const link = document.createElement("a");
    link.href = address;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = form.dataset["signInWords"] ?? address;
    status.append(" ", link);
  }
}

async function save(form: HTMLFormElement): Promise<boolean> {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === "string") fields.append(name, value);
  }
  fields.set("act", "quiet");
  tell(form, form.dataset["saving"] ?? "");
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields, redirect: "manual" });
    if (answer.status === 401) {
      tell(form, form.dataset["signedOut"] ?? "", true);
      return true;
    }
    const said: unknown = answer.headers.get("content-type")?.includes("json") ? await answer.json() : undefined;
    if (!isSaved(said)) throw new Error(String(answer.status));
    tell(form, said.message);
    if (!answer.ok) return answer.status !== 409;
    const revision = form.elements.namedItem("revision");
    if (revision instanceof HTMLInputElement) revision.value = String(said.revision);
    return true;
  } catch {
    tell(form, form.dataset["failed"] ?? "");
    return true;
  }
}

function follow(form: HTMLFormElement): void {
  let pause: number | undefined;
  let saving: Promise<void> | undefined;
  let isOvertaken = false;
  let isDirty = false;
  const begin = (): void => {
    if (saving || isOvertaken || !isDirty) return;
    isDirty = false;
    saving = save(form).then((goesOn) => {
      saving = undefined;
      // Another window has saved: only the button, which shows what differs, saves from here.
      isOvertaken = !goesOn;
      if (isDirty) begin();
    });
  };
  form.addEventListener("input", () => {
    isDirty = true;
    window.clearTimeout(pause);
    pause = window.setTimeout(begin, PAUSE_MS);
  });
  form.addEventListener("submit", (event) => {
    window.clearTimeout(pause);
    isDirty = false;
    if (!saving) return;
    // The save on its way has the revision that the button needs.
    event.preventDefault();
    const button = event.submitter;
    void saving.then(() => form.requestSubmit(button instanceof HTMLElement ? button : null));
  });
}

/** Saves every such form of a page while one types. */
export function saveWhileTyping(root: ParentNode): void {
  for (const form of root.querySelectorAll<HTMLFormElement>("form[data-autosave]:not([data-autosave-ready])")) {
    form.dataset["autosaveReady"] = "";
    follow(form);
  }
}
