// The clinic's socket: what happened since, from others and from here, as events of the document.
//
// orderly:event   each frame, as it comes
// orderly:fresh   something has changed, or may have: ask again for what is shown; gathered, at most twice a second
// orderly:linked  whether others' changes arrive by themselves

const GATHER_MS = 500;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8000;
const UNLINKED_MS = 10_000; // booking goes on without a socket: then the page asks by itself
const OVER = [4401, 4403, 4404]; // signed out, not allowed, not there: only the page itself can say

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

let due = null;
let last = 0;

/** The first change shows at once, those that follow close on it together. */
function freshen() {
  if (due !== null) return;
  due = setTimeout(() => {
    due = null;
    last = Date.now();
    tell("orderly:fresh");
  }, Math.max(0, last + GATHER_MS - Date.now()));
}

/** Everything after `position`, at which the page was made. */
export function listen(path, position) {
  let wait = FIRST_WAIT_MS;
  let asking = null;
  let linked = null;
  let timer = null;
  let socket = null;

  function link(is) {
    clearInterval(asking);
    if (!is) asking = setInterval(() => navigator.onLine && freshen(), UNLINKED_MS);
    if (is !== linked) tell("orderly:linked", { linked: is });
    linked = is;
  }

  function open() {
    clearTimeout(timer);
    if (socket?.readyState < WebSocket.CLOSING) return;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    socket = new WebSocket(`${scheme}//${location.host}${path}?since=${position}`);
    socket.onmessage = ({ data }) => hear(JSON.parse(data));
    socket.onclose = ({ code }) => {
      if (OVER.includes(code)) return location.reload();
      link(false);
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
  }

  /** The first frame only says where the stream begins; what was missed follows it. Refetched all the same after a
   *  break: holds leave nothing to replay. */
  function hear(frame) {
    if (frame.type === undefined) {
      wait = FIRST_WAIT_MS;
      if (linked === false) freshen();
      link(true);
      return;
    }
    position = frame.position;
    tell("orderly:event", frame);
    freshen();
  }

  // Some browsers keep a dead socket open for minutes when the network goes.
  addEventListener("offline", () => socket?.close());
  addEventListener("online", () => { if (linked === false) open(); });
  open();
}

document.addEventListener("orderly:changed", freshen);
document.addEventListener("visibilitychange", () => { if (!document.hidden) freshen(); });
