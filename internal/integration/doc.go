// Package integration holds no code but tests, against programs that are not ours: Microsoft's own typed client drives
// the emulator of package graphtest, the adapter of package graphadapter runs on that client, and every request and
// answer is checked against Microsoft's description of Graph, where OPENAPI_FILE names a copy (see package openapi). It is
// a module of its own because that client takes minutes to compile.
package integration
