// What is done by a press or a drag, outside any form: sent as a form would, and heard whatever becomes of it.

import { brokenBy, tell, words } from "./failing.js";

const LONGEST_WAIT_MS = 15_000;

/** The answer: its text, whether it is a yes, and what it says to the page. Nothing where it came to nothing, or the
 *  sign-in has ended: that has been said, with `again` as the way to try once more. */
export async function send(url, fields, again) {
  const headers = { ...JSON.parse(document.body.getAttribute("hx-headers:inherited")), "HX-Request": "true" };
  const asked = { method: "POST", body: new URLSearchParams(fields), headers, signal: AbortSignal.timeout(LONGEST_WAIT_MS) };
  const response = await fetch(url, asked).catch(() => null);
  const text = await response?.text().catch(() => undefined);
  if (response?.status === 401) return void location.reload();
  if (text === undefined || response.status >= 500) return void tell(brokenBy(text) ?? words.once, again);
  return { ok: response.ok, text, events: JSON.parse(response.headers.get("HX-Trigger") ?? "{}") };
}
