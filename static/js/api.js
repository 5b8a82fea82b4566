/**
 * JSON calls for the games: CSRF, `Idempotency-Key`, a time limit, and a lost network tried again with the *same* key,
 * so that one act happens once however often it is sent. Every failure is an `ApiError` with words for the player.
 * A session that ended elsewhere is said with the way back in.
 */

import { text } from "./texts.js";
import { toastSignedOut } from "./toasts.js";

const TIME_LIMIT_MS = 10000;
const PAUSES_MS = [400, 1600];
const GATEWAY = new Set([502, 503, 504]);

export class ApiError extends Error {
  /** `code` is the envelope's, or `network` / `timeout` when no answer came; `status` is 0 then. */
  constructor({ code, message, status = 0, data = {}, retryAfter = 0 }) {
    super(message);
    Object.assign(this, { name: "ApiError", code, status, data, retryAfter });
  }
}

/** A key for one act; keep it while the act is retried, make a new one for the next act. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export const get = (url, options = {}) => send("GET", url, undefined, options);

/** @param {{key?: string, timeLimit?: number}} options  key: the act's `Idempotency-Key`, a new one by default. */
export const post = (url, body, options = {}) => send("POST", url, body, { key: newKey(), ...options });

async function send(method, url, body, { key, timeLimit = TIME_LIMIT_MS }) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await once(method, url, body, key, timeLimit);
    } catch (failure) {
      const again = failure.status === 0 || GATEWAY.has(failure.status) || failure.code === "idempotency_in_flight";
      if (!again || attempt >= PAUSES_MS.length) throw failure;
      await new Promise((done) => setTimeout(done, PAUSES_MS[attempt]));
    }
  }
}

async function once(method, url, body, key, timeLimit) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRFToken"] = document.querySelector("meta[name=csrf-token]").content;
  if (key) headers["Idempotency-Key"] = key;
  let response;
  let data;
  try {
    response = await fetch(url, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      credentials: "same-origin",
      signal: AbortSignal.timeout(timeLimit),
    });
    data = await response.json().catch((failure) => {
      if (failure.name === "SyntaxError") return {};
      throw failure;
    });
  } catch (failure) {
    const code = failure.name === "TimeoutError" ? "timeout" : "network";
    throw new ApiError({ code, message: text(code === "timeout" ? "timeout" : "network_failed") });
  }
  if (response.ok) return data;
  if (response.status === 401) toastSignedOut();
  throw new ApiError({
    code: data.error ?? "server_error",
    message: data.message ?? wordsFor(response.status),
    status: response.status,
    data,
    retryAfter: Number(response.headers.get("Retry-After")) || 0,
  });
}

/** Plain words for an answer that brought none of its own. */
export function wordsFor(status) {
  const known = { 401: "signed_out", 403: "not_allowed", 409: "conflict", 429: "rate_limited" };
  return text(known[status] ?? (status >= 500 ? "server_error" : "refused"));
}
