import "reflect-metadata";
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";
import type { webcrypto } from "node:crypto";
import { createSecureContext, type SecureContext } from "node:tls";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const dayMilliseconds = 24 * 60 * 60 * 1000;

/** Signs certificates for the hosts that a rehearsal answers for; trusted only inside its containers. */
export class CertificateAuthority {
  /** The authority's own certificate, PEM: what a container has to trust. */
  readonly certificate: string;
  readonly #root: X509Certificate;
  readonly #rootKeys: webcrypto.CryptoKeyPair;
  readonly #issued = new Map<string, Promise<SecureContext>>();
  #serial = 1;

  private constructor(root: X509Certificate, rootKeys: webcrypto.CryptoKeyPair) {
    this.#root = root;
    this.#rootKeys = rootKeys;
    this.certificate = root.toString("pem");
  }

  static async create(): Promise<CertificateAuthority> {
    const keys = await generateKeys();
    const root = await X509CertificateGenerator.createSelfSigned({
      serialNumber: "01",
      name: "CN=ImgStream rehearsal",
      ...validity(),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new BasicConstraintsExtension(true, 0, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      ],
    });
    return new CertificateAuthority(root, keys);
  }

  /** What a TLS server needs to be this host; made once for each. */
  contextFor(host: string): Promise<SecureContext> {
    const known = this.#issued.get(host);
    if (known !== undefined) return known;
    const made = this.issue(host).then(({ key, certificate }) =>
      createSecureContext({ key, cert: certificate }),
    );
    this.#issued.set(host, made);
    return made;
  }

  /** Key and certificate of a host, in PEM, the certificate with its issuer's, whom a browser is told to trust. */
  async issue(host: string): Promise<{ readonly key: string; readonly certificate: string }> {
    const keys = await generateKeys();
    this.#serial += 1;
    const certificate = await X509CertificateGenerator.create({
      serialNumber: this.#serial.toString(16).padStart(2, "0"),
      subject: `CN=${host}`,
      issuer: this.#root.subject,
      ...validity(),
      signingAlgorithm: algorithm,
      publicKey: keys.publicKey,
      signingKey: this.#rootKeys.privateKey,
      extensions: [new SubjectAlternativeNameExtension([{ type: "dns", value: host }])],
    });
    const der = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
    const key = `-----BEGIN PRIVATE KEY-----\n${der.toString("base64")}\n-----END PRIVATE KEY-----\n`;
    return { key, certificate: `${certificate.toString("pem")}\n${this.certificate}` };
  }
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
}

function validity(): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - dayMilliseconds), notAfter: new Date(now + 7 * dayMilliseconds) };
}
