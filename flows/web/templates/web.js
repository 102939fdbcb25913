// Keeps the reader's place while files are judged again, and lets files be dropped; all works without it.
"use strict";
(() => {
  const swap = async (response) => {
    const text = await response.text();
    const next = new DOMParser().parseFromString(text, "text/html");
    const main = next.querySelector("main");
    if (!main) { location.assign(response.url); return; }
    const at = document.activeElement && document.activeElement.name;
    const scroll = [scrollX, scrollY];
    document.querySelector("main").replaceWith(main);
    document.title = next.title;
    history.replaceState(null, "", response.url);
    scrollTo(...scroll);
    const same = at && main.querySelector(`input[name="${CSS.escape(at)}"]`);
    const field = same || main.querySelector(".sua-o input:not([type=hidden])") || main.querySelector(".chinh");
    if (field) field.focus({ preventScroll: true });
    ready();
  };

  const send = async (form, button) => {
    const data = new FormData(form);
    if (button && button.name) data.append(button.name, button.value);
    form.setAttribute("aria-busy", "true");
    try {
      await swap(await fetch(form.action, { method: "POST", body: new URLSearchParams(data), credentials: "same-origin" }));
    } catch {
      form.removeAttribute("aria-busy");
      form.submit();
    }
  };

  const isTouched = () => [...document.querySelectorAll(".sua-o input:not([type=hidden])")].some((field) => field.value !== field.defaultValue);

  const waitFor = (note) => {
    let tries = 0;
    const ask = async () => {
      if (!note.isConnected || ++tries > 200) return;
      try {
        const said = await (await fetch(note.dataset.cho, { credentials: "same-origin" })).json();
        if (said[note.dataset.can]) {
          if (!isTouched()) await swap(await fetch(location.href, { credentials: "same-origin" }));
          return;
        }
      } catch { return; }
      setTimeout(ask, 700);
    };
    setTimeout(ask, 400);
  };

  const ready = () => {
    for (const form of document.querySelectorAll("form[data-sua]")) {
      form.addEventListener("submit", (event) => { event.preventDefault(); send(form, event.submitter); });
    }
    const note = document.querySelector("[data-cho]");
    if (note) waitFor(note);
    for (const form of document.querySelectorAll("form[data-tha]")) {
      const field = form.querySelector("input[type=file]");
      form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("tha"); });
      form.addEventListener("dragleave", () => form.classList.remove("tha"));
      form.addEventListener("drop", (event) => {
        event.preventDefault();
        form.classList.remove("tha");
        if (event.dataTransfer.files.length) { field.files = event.dataTransfer.files; form.requestSubmit(); }
      });
      form.addEventListener("submit", () => { form.setAttribute("aria-busy", "true"); });
    }
  };
  ready();
})();
