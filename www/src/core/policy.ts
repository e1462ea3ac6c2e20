/**
 * Whether this page's policy lets a Worker start, found out without asking for one: what a policy forbids, the browser
 * reports, and the page's owner would be told of an attack that was none.
 *
 * In: the policies in the page's head and its response's. Out: yes only where all of them surely allow it.
 */

/** The name of the policy that makes the Worker's address, where Trusted Types are asked for. */
export const POLICY = "hadal-counter";

/** Asks the page's own address for its head, which says by which policies the page lives. */
export async function allowsWorker(): Promise<boolean> {
  try {
    const response = await fetch(location.href, { method: "HEAD" });
    const inPage = document.querySelectorAll<HTMLMetaElement>('meta[http-equiv="content-security-policy" i]');
    const policies = [response.headers.get("content-security-policy") ?? "", ...[...inPage].map((meta) => meta.content)];
    return response.ok && policies.every(allows);
  } catch {
    return false;
  }
}

/** Whether a header allows it, which may hold several policies. */
function allows(header: string): boolean {
  return header.split(",").every((policy) => {
    const rules = new Map(
      policy.split(";").map((rule) => {
        const [name = "", ...values] = rule.trim().toLowerCase().split(/\s+/);
        return [name, values] as const;
      }),
    );
    const names = rules.get("trusted-types");
    const sources = rules.get("worker-src") ?? rules.get("child-src") ?? rules.get("script-src") ?? rules.get("default-src");
    const named = names === undefined || names.includes(POLICY) || names.includes("*");
    return named && (sources === undefined || sources.includes("'self'") || sources.includes("*"));
  });
}
