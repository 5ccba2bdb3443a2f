// Paints the clock from the server's deadline and keeps the newest words in sight and unsent ones safe. No state
// of a session here.
(() => {
  const byId = (id) => document.getElementById(id);
  let sentFor = "";
  let told = "";
  let ahead = 0;

  function paint() {
    const clock = byId("clock");
    const end = clock && Number(clock.dataset.deadline);
    if (!end) return;
    if (clock.dataset.now !== told) {
      told = clock.dataset.now; // this machine's clock may be wrong: count from the server's
      ahead = Date.now() / 1000 - Number(told);
    }
    const left = Math.round(end + ahead - Date.now() / 1000);
    const seconds = Math.abs(left);
    const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    clock.textContent = left >= 0 ? text : `${text} over time`;
    clock.dataset.late = String(left < 0);
    if (left < 0 && sentFor !== clock.dataset.deadline) {
      sentFor = clock.dataset.deadline; // time is up: the draft is sent, once
      const draft = document.querySelector("#answer textarea");
      if (draft && draft.value.trim()) byId("send").click();
    }
  }

  // An unsent draft outlives a reload of its tab; it never leaves the browser.
  let kept = "";
  function keep() {
    const mark = byId("session");
    const box = document.querySelector("#answer textarea");
    if (!box || !mark || !mark.dataset.id) return;
    const key = `draft:${mark.dataset.id}`;
    if (kept !== key) {
      const draft = sessionStorage.getItem(key) || "";
      // what was written for another session stays with that one
      if (kept ? draft !== box.value : draft && !box.value) {
        box.value = draft;
        box.dispatchEvent(new Event("input", { bubbles: true }));
      }
      kept = key;
    }
    if (box.value) sessionStorage.setItem(key, box.value);
    else sessionStorage.removeItem(key);
    const told = byId("unsent");
    if (told) told.hidden = !box.value.trim();
  }

  // So does unsent code, by session and question, until it was sent.
  let going = null;
  window.unsent = {
    keep: (place, code) => void (place && sessionStorage.setItem(`code:${place}`, code)),
    restore: (place, code) => sessionStorage.getItem(`code:${place}`) ?? code,
    sending: (session, seen, code) => {
      going = { key: `code:${session}:${seen.split("|")[0]}`, code };
      return [session, seen, code];
    },
    open: (code) =>
      new Promise((done) => {
        const input = document.createElement("input");
        input.type = "file";
        input.accept = ".py,.txt,text/*";
        input.oncancel = () => done(code);
        // one byte more than a submission may have: a longer file is refused, and says so
        input.onchange = async () => done(await input.files[0].slice(0, 65537).text());
        input.click();
      }),
    sent: () => {
      if (going && sessionStorage.getItem(going.key) === going.code) {
        sessionStorage.removeItem(going.key);
      }
    },
  };

  // Finish asks first: its question takes the focus, Escape takes it back.
  let asked = false;
  function ask() {
    const no = byId("finish-not");
    const open = Boolean(no && no.offsetParent);
    if (open && !asked) no.focus();
    if (!open && asked && byId("finish")) byId("finish").focus();
    asked = open;
  }
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && asked) byId("finish-not").click();
  });

  let shown = "";
  function follow() {
    const chat = byId("chat");
    if (!chat) return;
    const now = String(chat.scrollHeight) + chat.childElementCount;
    if (now !== shown) {
      shown = now;
      chat.scrollTop = chat.scrollHeight;
    }
  }

  setInterval(paint, 500);
  setInterval(keep, 300);
  setInterval(ask, 100);
  new MutationObserver(follow).observe(document.documentElement, { childList: true, subtree: true });
})();
