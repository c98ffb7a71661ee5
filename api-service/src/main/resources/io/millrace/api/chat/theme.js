// The theme that was chosen here, before anything is painted; without a choice the system's holds.
(() => {
  try {
    const chosen = localStorage.getItem("millrace.theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // A browser that keeps nothing has the system's theme.
  }
})();
