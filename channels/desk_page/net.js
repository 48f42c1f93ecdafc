// Talking to the server: JSON with the staff token, and the stream of a call.

const RETRY = 2000;

/** What the server refused, as a sentence; `status` is 0 when it was not reached. */
export class Refused extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

let shutOut = () => {};

/** Who is told when the token is not accepted any more. */
export const onShutOut = (told) => (shutOut = told);

const headers = () => ({ Authorization: `Bearer ${encodeToken(sessionStorage.getItem("desk-token") ?? "")}` });

// Header values are bytes: a token with other than ASCII letters travels as its UTF-8.
const encodeToken = (token) => String.fromCharCode(...new TextEncoder().encode(token));

async function ask(path, options) {
  let answer;
  try {
    answer = await fetch(`api/desk/${path}`, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused(0, "连不上服务器,请检查网络;刚才的话没有发出去。");
  }
  if (answer.ok) return answer;
  const said = await answer.json().catch(() => ({}));
  if (answer.status === 401) shutOut(said.error);
  throw new Refused(answer.status, said.error ?? "服务器没有答上来,请再试一次。");
}

/** GET, or POST when there is a body. Throws Refused. */
export async function api(path, body) {
  const sending = body && {
    method: "POST",
    headers: { ...headers(), "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  return (await ask(path, sending || { headers: headers() })).json();
}

/**
 * Follows a call until `close()`: `seen(state)` for every state, `linked(true|false)` for the connection.
 * EventSource cannot send the token, so the stream is read by hand.
 */
export function follow(call, seen, linked) {
  const stop = new AbortController();
  (async () => {
    while (!stop.signal.aborted) {
      try {
        const path = `calls/${encodeURIComponent(call)}/events`;
        const answer = await ask(path, { headers: headers(), signal: stop.signal });
        linked(true);
        for await (const data of events(answer.body)) seen(JSON.parse(data));
      } catch (error) {
        if (stop.signal.aborted || error.status === 401) return;
      }
      if (stop.signal.aborted) return;
      linked(false);
      await new Promise((later) => setTimeout(later, RETRY));
    }
  })();
  return { close: () => stop.abort() };
}

async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const parts = (text + value).split("\n\n");
    text = parts.pop();
    for (const part of parts) {
      const data = part.split("\n").find((line) => line.startsWith("data: "));
      if (data) yield data.slice(6);
    }
  }
}
