/** What a policy asks of one practice. */
export type Requirement = "ALWAYS" | "SUGGESTED" | "IF_SUPPORTED" | "NEVER";

/** The result of one practice, or of all. `null`: the policy does not ask for it. */
export type State = "PASS" | "FAIL" | "NUDGE" | "UNKNOWN" | null;

/** A range of versions, or of numbers, in the notation of npm: `">=22.04.0"`, `"<=900"`. */
export type Range = string;

type Platform = "darwin" | "win32" | "ubuntu" | "linux" | "awsWorkspace";

/** What is asked of the device. A practice that is not named is not checked. */
export interface Policy {
  osVersion?: Partial<Record<Platform | "all", { ok?: Range; nudge?: Range }>>;
  firewall?: Requirement;
  diskEncryption?: Requirement;
  automaticUpdates?: Requirement;
  screenLock?: Requirement;
  remoteLogin?: Requirement;
  openWifiConnections?: Requirement;
  /** Seconds until the screen locks or blanks. */
  screenIdle?: Range;
  stethoscopeVersion?: Range;
  windowsMaxScreenLockTimeout?: number;
  applications?: Application[];
  // Not in Netflix's app. With it, what these ask for is left out and the outcome is `tooOld`.
  softwareUpdates?: Requirement;
  secureBoot?: Requirement;
  firmware?: Requirement;
  kernelHardening?: Requirement;
  accountPassword?: Requirement;
  automaticLogin?: Requirement;
  fileSharing?: Requirement;
  sshKeys?: Requirement;
  antivirus?: Requirement;
}

/** An application that has to be there, or must not be. */
export interface Application {
  name: string;
  assertion: Requirement;
  version?: Range;
  platform?: Partial<Record<Platform, Range>> & { all?: boolean };
  paths?: { darwin?: string; win32?: string; linux?: string };
  description?: string;
  installFrom?: string;
}

export interface Options {
  policy?: Policy;
  /** A GraphQL document instead of `QUERY`. It gets the policy as `$policy`. */
  query?: string;
  /** At most 128 characters, from your server: the answer is then signed together with it. */
  nonce?: string;
  /** Aborting it is the only thing that makes the promise reject. */
  signal?: AbortSignal;
  /** Milliseconds. Stethoscope waits up to 25 s for the user's word, so less than 30 s (the default is 40 s) cuts that short. */
  timeout?: number;
  /** Called when the answer takes long because the user is being asked, with whoever asks: often first the one, then the other. */
  onWaiting?: (who: "browser" | "stethoscope") => void;
}

/** What a page can offer the user beside the message. */
export type Action =
  | { kind: "open"; label: string; href: "stethoscope://" }
  | { kind: "retry"; label: string }
  /** An instruction, not a button: a page cannot open the settings of a browser. */
  | { kind: "permission"; label: string };

/** A practice in detail. */
export interface Detail {
  practice: string;
  result: Exclude<State, null>;
  /** Read from the system itself, or concluded from something else. */
  confidence: "VERIFIED" | "INFERRED" | null;
  /** Why, in words for the user. Without consent to identifiers it names nobody and no place. */
  reason: string | null;
  /** RFC 3339. */
  checkedAt: string | null;
}

/** An application of the policy, as found. */
export interface ApplicationResult {
  name: string | null;
  status: State;
  version: string | null;
  installed: boolean | null;
  state: string | null;
}

/** The fields of `QUERY`; with a query of your own, what that asked for. */
export interface Result {
  /** As Netflix's app counts: what could not be checked passes. */
  status: State;
  /** What could not be checked is UNKNOWN. Decide by this one. */
  strict?: State;
  unknown?: string[] | null;
  details?: Detail[] | null;
  applications?: ApplicationResult[] | null;
  [practice: string]: unknown;
}

interface Common {
  /** A sentence for the user, in English. */
  message: string;
  actions: Action[];
}

interface Answer extends Common {
  /** As Netflix's app counts: what could not be checked passes. */
  status: State;
  device: Record<string, unknown> | null;
  policy: Result | null;
  /** Practices that could not be checked. */
  unknown: string[];
  /** What went wrong with a part of the answer. */
  errors: GraphqlError[];
}

/** A mistake as GraphQL tells it. */
export interface GraphqlError {
  message: string;
  [field: string]: unknown;
}

/** Stethoscope answered. That it answered says nothing about the device: look at `strict`. */
export interface Checked extends Answer {
  state: "checked";
  /** What could not be checked is UNKNOWN. Decide by this one. */
  strict: State;
  /** A JWS for your server, where a nonce was sent. */
  signed: string | null;
  /** Whether this site may have what tells this device from all others; `notAsked`: not yet, nobody asked the user. */
  identifiers: "given" | "withheld" | "notAsked";
  version: string;
}

/** Netflix's app answered, to the old question. Nothing is signed, and nothing is known of newer practices. */
export interface TooOld extends Answer {
  state: "tooOld";
  legacy: true;
  strict: null;
  signed: null;
  identifiers: null;
  version: null;
}

/** Nothing answers there, or a browser that does not say so kept the page away. */
export interface NotRunning extends Common {
  state: "notRunning";
  permission: PermissionAnswer;
}

/**
 * The browser, or the user through it, keeps this page away. `denied`: by the user or by the organisation.
 * `waiting`: its question is open. `frame`: the page around this one does not pass the permission on.
 * `insecurePage`: only https pages may.
 */
export interface BlockedByBrowser extends Common {
  state: "blockedByBrowser";
  reason: "denied" | "waiting" | "frame" | "insecurePage";
  permission: PermissionAnswer;
}

/** The user, or the organisation, refuses this site in Stethoscope. */
export interface Refused extends Common {
  state: "refused";
}

/** Stethoscope is there and does not answer this site; nobody was asked. */
export interface NotAllowed extends Common {
  state: "notAllowed";
}

/** The user was asked in Stethoscope and has not answered. */
export interface Asking extends Common {
  state: "asking";
}

/** More than ten requests in a minute. */
export interface TooOften extends Common {
  state: "tooOften";
  /** Seconds. */
  retryAfter: number;
}

/** The page asked for something that there is not, or its Content-Security-Policy is in the way. */
export interface Mistake extends Common {
  state: "mistake";
  errors: GraphqlError[];
}

/** It runs, and did not answer in time. */
export interface TimedOut extends Common {
  state: "timeout";
}

/** Safari lets no https page reach apps on the device. */
export interface UnsupportedBrowser extends Common {
  state: "unsupportedBrowser";
}

export type Outcome =
  | Checked
  | TooOld
  | NotRunning
  | BlockedByBrowser
  | Refused
  | NotAllowed
  | Asking
  | TooOften
  | Mistake
  | TimedOut
  | UnsupportedBrowser;

export type PermissionAnswer = "granted" | "denied" | "prompt" | "unknown";

/** What `checkDevice` asks unless it is given a query. It asks for nothing that identifies the device. */
export const QUERY: string;
/** The part of it that Netflix's app understands. */
export const LEGACY_QUERY: string;

/** Asks about this device. Call it on a click while `permissionState` is "prompt". */
export function checkDevice(options?: Options): Promise<Outcome>;

/** Whether the browser lets this page reach apps on this device: a hint, so that a page can explain first. */
export function permissionState(): Promise<PermissionAnswer>;
