/**
 * What @peculiar/x509 asks of Reflect: its container looks up what constructors are to be given. None of its classes is
 * given anything, so that there is nothing to be kept here. To be imported before it.
 */
const nothing = (): undefined => undefined;

if (!('getMetadata' in Reflect)) {
  Object.assign(Reflect, { getMetadata: nothing, getOwnMetadata: nothing, defineMetadata: nothing });
}
