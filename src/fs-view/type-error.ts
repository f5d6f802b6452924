// The error that Node throws for an argument of the wrong type.

export class TypeErrorWithCode extends TypeError {
  readonly code = "ERR_INVALID_ARG_TYPE";
}
