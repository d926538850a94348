// An app that is mounted on the body itself, which Vue empties first.

import { createApp, h } from "vue";
import { createRouter, createWebHistory, RouterLink, RouterView } from "vue-router";

const Page = {
  render() {
    const page = +this.$route.params.page;
    return [h("h1", `Page ${page}`), h(RouterLink, { to: `/vue/${page + 1}` }, () => "Next")];
  },
};

const router = createRouter({ history: createWebHistory(), routes: [{ path: "/vue/:page", component: Page }] });
// Late, so that the chat is there before.
addEventListener("load", () => createApp(() => h(RouterView)).use(router).mount("body"));
