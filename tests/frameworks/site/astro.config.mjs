import { defineConfig } from "astro/config";

// Everything inside the pages: the server of the tests knows no folders of assets.
export default defineConfig({ devToolbar: { enabled: false }, vite: { build: { assetsInlineLimit: 1_000_000 } } });
