// Shows a page anew when its file, or another of the report, has been saved since
// the page was made: what it was made from stands behind this script's address.
const made = document.currentScript.src.split("?")[1];
new EventSource(`/preview/events?${made}`).addEventListener("changed", () => location.reload());
