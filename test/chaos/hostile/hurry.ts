import type { Component, Dag, HttpPages, HttpRequest, Source } from 'signalbox';

/** Deadlines of every request, in place of their defaults. */
export type Hurry = Pick<HttpRequest, 'idleTimeoutMs' | 'timeoutMs'>;

/** The same DAG, whose sources are asked in a hurry: a test waits for no deadline of a minute. */
export function hurried(dag: Dag, hurry: Hurry): Dag {
  return { ...dag, components: dag.components.map((component) => hurryComponent(component, hurry)) };
}

function hurryComponent(component: Component, hurry: Hurry): Component {
  const { sources } = component;
  if (!sources) return component;
  return { ...component, sources: (scope) => sources(scope).map((source) => hurrySource(source, hurry)) };
}

function hurrySource(source: Source, hurry: Hurry): Source {
  switch (source.kind) {
    case 'http':
      return hurryPages(source, hurry);
    case 'recordCount':
      return { ...source, request: { ...source.request, ...hurry } };
    case 'custom': {
      const { probe } = source;
      const hurriedProbe: typeof probe = ({ http, signal }) =>
        probe({ signal, http: { ...http, text: (request) => http.text({ ...request, ...hurry }) } });
      return { ...source, probe: hurriedProbe };
    }
    default:
      return source;
  }
}

function hurryPages<Pages extends HttpPages>(pages: Pages, hurry: Hurry): Pages {
  const { request, next } = pages;
  const hurriedNext: HttpPages['next'] = async (body, index) => {
    const following = await next?.(body, index);
    return following && { ...following, ...hurry };
  };
  return { ...pages, request: { ...request, ...hurry }, ...(next && { next: hurriedNext }) };
}
