// Stores 250 turns as the chat would have, 500 messages, and settles once they are kept.
new Promise((resolve, reject) => {
  const boot = JSON.parse(document.getElementById("porthole-boot").textContent);
  const opening = indexedDB.open(`porthole:${boot.site}:${boot.origin}`, 1);
  opening.onupgradeneeded = () => ["chat", "turns"].forEach((table) => opening.result.createObjectStore(table));
  opening.onsuccess = () => {
    const transaction = opening.result.transaction("turns", "readwrite");
    for (let turn = 1; turn <= 250; turn++) {
      const at = 1_700_000_000_000 + turn * 60_000;
      const id = `018bcfe5-6800-7000-8000-${String(turn).padStart(12, "0")}`;
      const reply = `Order **${turn}** is on its way.`;
      transaction.objectStore("turns").put(
        { id, user: `Where is order ${turn}?`, reply, at, stopped: false, suggestions: "", receipt: "receipt", turn }, at);
    }
    transaction.onabort = reject;
    transaction.oncomplete = () => {
      opening.result.close();
      resolve(true);
    };
  };
})
