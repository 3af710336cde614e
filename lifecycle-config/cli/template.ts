/** The CloudFormation template of an installer, ready for Service Catalog. */
import { CliError, EXIT } from './errors';

/** What the template is filled in with. */
export interface IFilling {
  script: string;
  bucket: string;
  key: string;
  sha256: string;
  version: string;
}

/**
 * Fill the template in: one version of the extension is one version of the product.
 *
 * @param text studio-installer.yaml
 * @param name of the lifecycle configuration, which changes with its content
 */
export function template(
  text: string,
  filling: IFilling,
  name: string
): string {
  const values: Record<string, string> = {
    'REPLACE-WITH-CONTENT': Buffer.from(filling.script).toString('base64'),
    'REPLACE-WITH-NAME': name,
    'replace-with-bucket': filling.bucket,
    'REPLACE-WITH-KEY': filling.key,
    'REPLACE-WITH-SHA256': filling.sha256,
    'REPLACE-WITH-VERSION': filling.version
  };
  let result = text;
  for (const [place, value] of Object.entries(values)) {
    if (!result.includes(place)) {
      throw new CliError(
        `studio-installer.yaml has no ${place}.`,
        'Use the template of this version, unchanged.',
        EXIT.usage
      );
    }
    result = result.replaceAll(place, value);
  }
  return result;
}
