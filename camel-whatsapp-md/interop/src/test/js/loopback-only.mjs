// Nothing but loopback: whatever Baileys wants elsewhere is refused and reported.
import net from 'node:net'

export const refuseOtherHosts = report => {
  const connect = net.Socket.prototype.connect
  net.Socket.prototype.connect = function (...args) {
    const first = Array.isArray(args[0]) ? args[0][0] : args[0]
    const host = typeof first === 'object' ? first.host : typeof args[1] === 'string' ? args[1] : undefined
    if (host !== undefined && !['127.0.0.1', 'localhost', '::1'].includes(host)) {
      report(host)
      throw new Error(`connection to ${host} refused: loopback only`)
    }
    return connect.apply(this, args)
  }
}
