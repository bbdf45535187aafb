package main

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// The list follows the code: every bug can still be planted.
func TestBugsCanBePlanted(t *testing.T) {
	root, err := moduleRoot()
	require.NoError(t, err)
	bugs, err := readBugs(filepath.Join(root, "internal", "sim", "planted", "bugs"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(bugs), 25)
	for _, b := range bugs {
		files, err := b.plant(root)
		require.NoError(t, err)
		require.NotEmpty(t, files)
	}
}

func TestBugThatDoesNotFitIsAnError(t *testing.T) {
	root, err := moduleRoot()
	require.NoError(t, err)
	b, err := parse("gone", "It was mended.\nbreaks: loss\n\n== contactsync/doc.go\nno such text is there\n-->\nother\n")
	require.NoError(t, err)
	_, err = b.plant(root)
	require.ErrorContains(t, err, "0 times")
	_, err = parse("half", "It lacks its replacement.\nbreaks: loss\n\n== contactsync/doc.go\ntext\n")
	require.ErrorContains(t, err, "half")
	_, err = parse("mute", "\n== contactsync/doc.go\ntext\n-->\nother\n")
	require.ErrorContains(t, err, "mute")
}
