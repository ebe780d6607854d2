// Files can be dropped on the field that chooses them; one that is too large is named before it is sent.

/** Names the files that are larger than the field takes, and keeps the form from being sent with them. */
function check(field: HTMLElement, input: HTMLInputElement): void {
  const most = Number(field.dataset["bytesMax"]);
  const tooLarge = [...(input.files ?? [])].filter((file) => file.size > most).map((file) => file.name);
  const problem = tooLarge.length > 0 ? `${tooLarge.join("、")}：${field.dataset["tooLarge"] ?? ""}` : "";
  input.setCustomValidity(problem);
  const place = field.querySelector("[data-drop-problem]");
  if (place) place.textContent = problem;
}

/** Takes dropped files wherever a page has a field for them. */
export function takeFiles(root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLElement>("[data-drop]:not([data-drop-ready])")) {
    const input = field.querySelector<HTMLInputElement>("input[type=file]");
    if (!input) continue;
    field.dataset["dropReady"] = "";
    const over = (is: boolean) => field.classList.toggle("file-drop-over", is);
    field.addEventListener("dragover", (event) => {
      event.preventDefault();
      over(true);
    });
    field.addEventListener("dragleave", () => over(false));
    field.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      if (event.dataTransfer && event.dataTransfer.files.length > 0) {
        input.files = event.dataTransfer.files;
        check(field, input);
      }
    });
    input.addEventListener("change", () => check(field, input));
  }
}
