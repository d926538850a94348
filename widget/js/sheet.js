// Style sheets that come with a part.

/** Adds a style sheet from beside this file; settles once it counts. */
export const addSheet = (name) => new Promise((resolve) => {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL(`./${name}.css`, import.meta.url);
  link.onload = link.onerror = resolve;
  document.head.append(link);
});
