/** The part of the form engine that we use; its package brings no types of its own. */
declare module "@getodk/web-forms" {
  import type { Component, Plugin } from "vue";

  export interface EngineViolation {
    nodeId: string;
    reference: string;
    violation: { message: { asString: string } };
  }

  export interface EngineNode {
    nodeId: string;
    nodeType: string;
    currentState: {
      reference: string;
      relevant: boolean;
      readonly: boolean;
      label?: { asString: string } | null;
      children: readonly EngineNode[] | null;
    };
    instanceState: { instanceXML: string };
  }

  export interface EngineLanguage {
    language: string;
  }

  export interface EngineRoot extends EngineNode {
    languages: readonly EngineLanguage[];
    validationState: { violations: readonly EngineViolation[] };
    setLanguage(language: EngineLanguage): void;
  }

  export const OdkWebForm: Component;
  export const webFormsPlugin: Plugin;
}
