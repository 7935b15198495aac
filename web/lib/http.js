/** Call our APIs: JSON in, JSON out, and errors that can be shown to users. */

/** An error response: the body of every error is `{error, code, details?}` (docs/edit-api.md). */
export class ApiError extends Error {
  /** @param {number} status @param {{error?: string, code?: string, details?: any}} body @param {Headers} [headers] */
  constructor(status, body, headers) {
    super(body.error || `The server answered with status ${status}.`);
    this.status = status;
    this.code = body.code || "UNKNOWN";
    this.details = body.details || {};
    this.retryAfter = Number(headers?.get("Retry-After")) || null;
  }
}

/** No response: the network or the stack is down. */
export class Offline extends Error {
  constructor() {
    super("No answer: the stack is not running, or this device is offline.");
  }
}

/**
 * Once *signal* is aborted the promise stays pending: what waits for it ends with its view, and shows nothing any more.
 * @param {string} url
 * @param {{method?: string, body?: any, token?: string, headers?: Record<string, string>, signal?: AbortSignal}} [how]
 * @returns {Promise<any>} the JSON of the answer; null when it has no body
 */
export async function call(url, how = {}) {
  try {
    return await answered(url, how);
  } catch (error) {
    if (how.signal?.aborted) return new Promise(() => {});
    throw error;
  }
}

/**
 * Start something, once: if the response is lost, the request is sent once more with the same Idempotency-Key.
 * @param {string} url @param {{body: any, token: string}} how
 */
export async function startOnce(url, how) {
  const request = { ...how, method: "POST", headers: { "Idempotency-Key": crypto.randomUUID() } };
  try {
    return await call(url, request);
  } catch (error) {
    if (!(error instanceof Offline)) throw error;
    return call(url, request);
  }
}

async function answered(url, { method = "GET", body, token, headers = {}, signal }) {
  const answer = await reach(url, {
    method,
    signal,
    headers: {
      Accept: "application/json",
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...(token ? { Authorization: `Bearer ${token}` } : {}),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new ApiError(answer.status, parsed(text), answer.headers);
  return text ? JSON.parse(text) : null;
}

async function reach(url, request) {
  try {
    return await fetch(url, request);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Offline();
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
