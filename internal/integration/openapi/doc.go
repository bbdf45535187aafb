// Package openapi checks Graph traffic against Microsoft's OpenAPI description of it. A [Handler] stands before a Graph
// emulator and looks at every request and its answer as they cross the wire, compressed or not, and at every part of a
// batch as a request and an answer of its own.
//
// The description is made stricter than it is written: an object has no members and a request no query options that it
// does not name, and $select and $expand name members of what is answered. Where Graph is known to differ from its
// description, [Exceptions] says where, and on whose word.
//
// The description is no part of this project. The environment variable OPENAPI_FILE names a copy; see [FromEnv].
package openapi
