import { apiShape } from "../../google-apis/discovery/shape.ts";
import { type JsonObject, textAt } from "../../google-apis/engine/json.ts";
import type { Project } from "../../google-apis/engine/projects.ts";
import type { ApiClient } from "./api-client.ts";
import { messageBody } from "./message-body.ts";

/** What making one resource needs to know. */
export interface Making {
  /** The declared block, its references followed. */
  readonly block: JsonObject;
  readonly address: string;
  readonly client: ApiClient;
  readonly project: Project;
}

/** Makes a resource and resolves to its attributes as others refer to them. */
export type Make = (making: Making) => Promise<JsonObject>;

/** The block without some arguments. */
export function without(block: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(block).filter(([name]) => !names.includes(name)));
}

/** The block in the words of a schema of an API, such as `run.v2`. */
export function bodyOf({ block, address }: Making, api: string, schema: string): JsonObject {
  return messageBody(apiShape(api), schema, block, address);
}

/** An argument that is a text. @throws Error where it is not */
export function argument({ block, address }: Making, name: string): string {
  const value = textAt(block, name);
  if (value === "") throw new Error(`${address} has no '${name}'`);
  return value;
}

export interface CollectionKind {
  readonly product: string;
  readonly api: string;
  readonly schema: string;
  readonly collection: string;
  /** The argument that says where: a region of its own, or none. @default "location" */
  readonly place?: "location" | "region" | "none";
  /** The argument that is the last part of its name. @default "name" */
  readonly id?: string;
  /** The query's parameter that carries that part. @default none: the body or the path does */
  readonly parameter?: string;
  /** Arguments that another call sets, or nothing here. */
  readonly dropped?: readonly string[];
}

/** Creates below a parent, as most of Google's newer APIs do: `POST PARENT/COLLECTION?idParameter=…`. */
export function createdBelow(kind: CollectionKind): Make {
  const { product, api, schema, collection, id = "name", place = "location", parameter, dropped = [] } = kind;
  return async (making) => {
    const { block, client, project } = making;
    const name = argument(making, id);
    const where = place === "none" ? "" : `/locations/${argument(making, place)}`;
    const parent = `projects/${project.projectId}${where}`;
    const left = without(block, [id, place, ...dropped]);
    const body = bodyOf({ ...making, block: left }, api, schema);
    const query = parameter === undefined ? "" : `?${parameter}=${name}`;
    const made = await client.send("POST", product, `${parent}/${collection}${query}`, body);
    return { ...attributesOf(block, made), name, id: `${parent}/${collection}/${name}` };
  };
}

/** What was declared, and of what the server added what others refer to. */
export function attributesOf(block: JsonObject, made: JsonObject): JsonObject {
  return {
    ...block,
    ...(made["uri"] === undefined ? {} : { uri: made["uri"] }),
    ...(made["createTime"] === undefined ? {} : { create_time: made["createTime"] }),
    ...(made["timeCreated"] === undefined ? {} : { time_created: made["timeCreated"] }),
  };
}
