// Tells the page around the frame that the proxy refused it: any page may know, so the target is any origin.
const { code } = document.documentElement.dataset;
const origin = new URLSearchParams(location.search).get("origin");
if (origin && code === "origin_not_allowed") {
  const line = document.getElementById("origin");
  line.querySelector("code").textContent = origin;
  line.hidden = false;
}
if (parent !== window) parent.postMessage({ porthole: 1, type: "refused", code }, "*");
