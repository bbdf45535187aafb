//go:build unix

package contactsync_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"runtime/metrics"
	"syscall"
	"testing"
	"time"

	"github.com/seed-42871e99/crmsync/contactsync"
	"github.com/seed-42871e99/crmsync/memstore"
	"github.com/seed-42871e99/crmsync/record"
)

// crowd fills both sides with n people each, half of them on both, spelled differently, with distinct phones.
func crowd(b *testing.B, n int) *world {
	b.Helper()
	rng := rand.New(rand.NewPCG(7, 7))
	w := &world{ctx: context.Background(), now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)}
	s := twoWay()
	w.policy = &s
	w.crm, w.outlook, w.state = memstore.NewStore(person), memstore.NewDirectory(record.OutlookContact), memstore.NewState()
	w.outlook.StampsInChanges = true // as graphadapter tells them in a complete round
	clock := func() time.Time { return w.now }
	w.crm.Now, w.outlook.Now = clock, clock
	w.tenant, w.box = w.crm.Tenant("acme"), w.outlook.Mailbox(ada)
	w.cfg = contactsync.Config{
		Store: w.crm, Directory: w.outlook, State: w.state, Policy: settable{w.policy}, Key: []byte("0123456789abcdef"),
		CRM: map[record.Kind]*record.Schema{record.Contact: person}, Worker: "w1", Now: clock,
	}
	var err error
	if w.engine, err = contactsync.New(w.cfg); err != nil {
		b.Fatal(err)
	}
	if w.conn, err = w.engine.Connect(w.ctx, contactsync.Connection{Tenant: "acme", User: "u1", Mailbox: ada}); err != nil {
		b.Fatal(err)
	}
	firsts := []string{"Ada", "Grace", "Alan", "Edsger", "Barbara", "Tony", "José", "Zoë", "李", "Müge"}
	phone := func(i int) string { return fmt.Sprintf("06%08d", 10000000+i) }
	blank := person.Build()
	for _, f := range person.Fields() {
		blank.Set(f.Name)
	}
	empty := blank.Fields()
	for i := range n {
		last := fmt.Sprintf("Lastname%d", rng.IntN(n))
		first := firsts[rng.IntN(len(firsts))]
		f := crmFields("firstName="+first, "lastName="+last, fmt.Sprintf("emails=P%d@Example.com", i), "mobile="+phone(i), fmt.Sprintf("company=Company %d", i%997), "jobTitle=Engineer")
		if _, err := w.tenant.Put(fmt.Sprintf("c%06d", i), empty.With(f)); err != nil {
			b.Fatal(err)
		}
		j := i + n/2
		email := fmt.Sprintf("p%d@example.com", j)
		name, surname := first, last
		if j < n { // the same person, written differently; the CRM's name is not known yet
			name, surname = "", ""
		}
		g := outlookFields("givenName="+name, "surname="+surname, "emailAddresses="+email, fmt.Sprintf("mobilePhone=+316%08d", 10000000+j), "personalNotes=met at the fair")
		if _, err := w.box.Add(w.conn.Folder, g); err != nil {
			b.Fatal(err)
		}
	}
	return w
}

// DESIGN, Limits to reach: a first run of 100,000 x 100,000 messy contacts in memory, half matching.
func BenchmarkFirstRun(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				w := crowd(b, n)
				runtime.GC()
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				peak := watchHeap()
				cpu := cpuTime()
				b.StartTimer()
				r, err := w.engine.Sync(w.ctx, w.conn.ID)
				b.StopTimer()
				if err != nil || r.Status != contactsync.Idle {
					b.Fatal(err, r.Status, r.Reason)
				}
				b.ReportMetric((cpuTime() - cpu).Seconds(), "cpu-s")
				live, heap := peak()
				b.ReportMetric(live, "live-MB-peak")
				b.ReportMetric(heap, "heap-MB-peak")
				runtime.GC()
				runtime.ReadMemStats(&after)
				b.ReportMetric(float64(after.HeapAlloc)/1e6, "live-MB-after")
				b.ReportMetric(float64(before.HeapAlloc)/1e6, "live-MB-before")
				b.ReportMetric(float64(r.Matched), "matched")
				b.ReportMetric(float64(r.Wrote()), "written")
				runtime.KeepAlive(w)
				b.StartTimer()
			}
		})
	}
}

// A run that finds nothing new costs the same whatever the number of links.
func BenchmarkNoOpRun(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			w := crowd(b, n)
			for range 2 {
				if _, err := w.engine.Sync(w.ctx, w.conn.ID); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportAllocs()
			for b.Loop() {
				r, err := w.engine.Sync(w.ctx, w.conn.ID)
				if err != nil || r.Wrote() != 0 {
					b.Fatal(err, r.Wrote())
				}
			}
		})
	}
}

// watchHeap looks at the heap until it is asked for the peaks it saw, in MB: of what the last collection found alive, and
// of all there was with garbage not collected yet.
func watchHeap() (peak func() (live, heap float64)) {
	samples := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}}
	var most [2]float64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			metrics.Read(samples)
			for i, s := range samples {
				most[i] = max(most[i], float64(s.Value.Uint64())/1e6)
			}
			select {
			case <-stop:
				return
			case <-tick.C:
			}
		}
	}()
	return func() (live, heap float64) {
		close(stop)
		<-stopped
		return most[0], most[1]
	}
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
