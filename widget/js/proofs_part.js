// The part that proves.

import { makePart } from "./part.js";

/** @type {() => Promise<typeof import("./proofs.js")>} */
export const proofs = makePart("proofs");
