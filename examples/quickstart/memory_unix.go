//go:build unix

package main

import (
	"runtime"
	"syscall"
)

// peakMemory is the most memory the program has had at a time, in bytes.
func peakMemory() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(u.Maxrss) // the others count in kilobytes
	}
	return int64(u.Maxrss) << 10
}
