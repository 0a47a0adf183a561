/** What Google and GitHub accept as names, as far as a plan can know it. */

export const projectId = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

export const projectNumber = /^[1-9][0-9]{5,18}$/;

/** A region, not a zone (`europe-west1-b`) and not a multi-region (`eu`). */
export const regionName = /^[a-z]+-[a-z]+[0-9]{1,2}$/;

export const hostName = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

export const email = /^[^\s@:,]+@[^\s@:,]+\.[^\s@:,]+$/;

export const member = /^((user|group|serviceAccount):[^\s@:,]+@[^\s@:,]+|domain:[^\s@:,]+\.[^\s@:,]+)$/;

export const forbiddenMembers: ReadonlySet<string> = new Set(["allUsers", "allAuthenticatedUsers"]);

export const oauthClient = /^[0-9]+-[a-z0-9]+\.apps\.googleusercontent\.com$/;

export const notificationChannel = /^projects\/[a-z0-9-]+\/notificationChannels\/[0-9]+$/;

export const runbooksAddress = /^https:\/\/[^\s/]+(\/[^\s/]+)*$/;

export const repositoryName = /^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/[A-Za-z0-9._-]{1,100}$/;

/** Of a repository, an organisation or a person: they keep it whatever they are called. */
export const githubNumber = /^[1-9][0-9]{0,18}$/;

/** Of a branch or a protected environment: it stands in a condition, in quotes. */
export const refName = /^[A-Za-z0-9._/-]+$/;

/** Without dots: a name with dots must be a domain that its maker proved to own. */
export const bucketName = /^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$/;
