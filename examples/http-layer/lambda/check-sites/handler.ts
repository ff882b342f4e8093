import { send } from '../send';

const sites = (process.env.SITES as string).split(' ');

/** Answers with the status of each site, or why there is none, whatever the event. */
export function handler(): Promise<object[]> {
  return Promise.all(
    sites.map(site =>
      send('HEAD', site).then(
        ({ status }) => ({ site, status }),
        ({ message }) => ({ site, error: message }),
      ),
    ),
  );
}
