import { send } from '../send';

const url = process.env.API_URL as string;

/** Answers with the JSON of the API, whatever the event. */
export async function handler(): Promise<unknown> {
  const { status, text } = await send('GET', url);
  if (status !== 200) throw new Error(`Expected status 200 from ${url} but received ${status}.`);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const start = JSON.stringify(text.slice(0, 60));
    throw new Error(`Expected JSON from ${url} but received ${start}.`, { cause });
  }
}
