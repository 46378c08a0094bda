/** A qualification child that ends without an answer. */
import process from 'node:process';

process.once('message', () => process.exit(3));
