/** A leaky bucket: how many messages a frame may send. */
export class Flood {
  /**
   * @param burst messages taken at once
   * @param rate messages a second after that
   * @param now clock, ms
   */
  constructor(
    private _burst: number,
    private _rate: number,
    private _now: () => number = () => performance.now()
  ) {
    this._left = _burst;
    this._at = _now();
  }

  /** Count one message; false when there are too many. */
  take(): boolean {
    const now = this._now();
    const earned = ((now - this._at) / 1000) * this._rate;
    this._left = Math.min(this._burst, this._left + earned);
    this._at = now;
    if (this._left < 1) {
      return false;
    }
    this._left -= 1;
    return true;
  }

  private _at: number;
  private _left: number;
}
