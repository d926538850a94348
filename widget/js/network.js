// Calls of the API and the streams that answer: a part that loads behind the usable panel, for the first message.

import { call, startWithNonce } from "./api.js";
import { makeEventQueue } from "./event_queue.js";
import { readEvents } from "./event_stream.js";

export { call, makeEventQueue, readEvents, startWithNonce };
