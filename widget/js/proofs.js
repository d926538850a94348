// Everything that proves: keys, transcripts and heads. It is loaded when first needed, behind the usable panel.

import { makeKey, prove } from "./browser_key.js";
import { branchOf, headOf, transcript } from "./chain.js";

export { branchOf, headOf, makeKey, prove, transcript };
