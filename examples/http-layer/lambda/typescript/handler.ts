import { request } from 'undici';

const url = process.env.API_URL as string;

/** Answers with the JSON of the API, whatever the event. */
export async function handler(): Promise<unknown> {
  const { statusCode, body } = await request(url, {
    // From connecting to the last byte, in ms.
    signal: AbortSignal.timeout(10_000),
    // No connection is kept: it would be dead after Lambda has frozen the process.
    reset: true,
    // api.github.com refuses requests that have none.
    headers: { 'user-agent': 'http-layer-example' },
  });
  const text = await body.text();
  if (statusCode !== 200) throw new Error(`Expected status 200 from ${url} but received ${statusCode}.`);
  return JSON.parse(text);
}
