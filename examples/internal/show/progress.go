package show

import (
	"context"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/seed-42871e99/crmsync/contactsync"
)

// Progress shows on a terminal how far a run is while it writes. It serves one run at a time.
type Progress struct {
	W   io.Writer
	bar *progressbar.ProgressBar
}

// Observe implements contactsync.Observer.
func (p *Progress) Observe(_ context.Context, e contactsync.Event) {
	switch e := e.(type) {
	case contactsync.Applied:
		if p.bar == nil && e.Done < e.Total {
			p.bar = progressbar.NewOptions(e.Total,
				progressbar.OptionSetWriter(p.W),
				progressbar.OptionSetDescription("  writing"),
				progressbar.OptionSetWidth(48),
				progressbar.OptionShowCount(),
				progressbar.OptionSetPredictTime(false),
				progressbar.OptionThrottle(50*time.Millisecond),
				progressbar.OptionClearOnFinish(),
				progressbar.OptionSetTheme(progressbar.Theme{Saucer: "━", SaucerHead: "━", SaucerPadding: " ", BarStart: "", BarEnd: ""}),
			)
		}
		if p.bar != nil {
			_ = p.bar.Set(e.Done) // only decoration
		}
	case contactsync.RunEnded:
		if p.bar != nil {
			_ = p.bar.Finish()
			p.bar = nil
		}
	}
}
