/** A decoder says that it cannot make a picture of these bytes. Whatever else is thrown while decoding is a fault of ours. */
export class Undecodable extends Error {
  override readonly name = 'Undecodable';
}

/** A decoder looked at the clock and stopped: the source's time is up. */
export class TimeUp extends Error {
  override readonly name = 'TimeUp';
}
