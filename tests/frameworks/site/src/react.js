// An app that draws into the body itself, which React empties first.

import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { createBrowserRouter, Link, RouterProvider, useParams } from "react-router";

function Page() {
  const page = +useParams().page;
  return [
    createElement("h1", { key: "title" }, `Page ${page}`),
    createElement(Link, { key: "link", to: `/react/${page + 1}` }, "Next"),
  ];
}

const router = createBrowserRouter([{ path: "/react/:page", Component: Page }]);
// Late, so that the chat is there before.
addEventListener("load", () => createRoot(document.body).render(createElement(RouterProvider, { router })));
