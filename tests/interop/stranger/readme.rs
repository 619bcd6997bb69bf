// What stands above is from the README. Here it runs, with a clock that is set forward past the ten minutes of grace, and past the
// quarter of an hour over which installations spread.

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    use std::time::Duration;
    use tokio::time;

    let client = kube::Client::try_default().await?;
    let (ask, asked) = tokio::sync::oneshot::channel::<()>();
    let clock = async {
        time::sleep(Duration::from_millis(200)).await;
        for minutes in [11, 16] {
            time::pause();
            time::advance(Duration::from_secs(minutes * 60)).await;
            time::resume();
            // The cluster and the receiver answer in time of their own.
            time::sleep(Duration::from_secs(5)).await;
        }
        drop(ask);
    };
    let stop = async { drop(asked.await) };
    let (done, ()) = tokio::join!(report(client, stop), clock);
    done
}
